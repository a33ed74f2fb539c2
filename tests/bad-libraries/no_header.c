/* A registration symbol that leads to no header of abi_stable. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
