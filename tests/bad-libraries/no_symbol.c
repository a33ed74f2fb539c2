/* A manifest, and no symbol to register by. */
#include "flavor.h"
const char LARDER_FLAVOR_MANIFEST[] = GOOD_MANIFEST;
