/* A manifest with raw control bytes, where its API version should be. */
#include "flavor.h"
FLAVOR(MANIFEST("\033]0;owned\a", "unwind", ""))
