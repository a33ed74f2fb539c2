/* Built with a plugin API of another major version. */
#include "flavor.h"
FLAVOR(MANIFEST("2.3.4", "unwind", ""))
