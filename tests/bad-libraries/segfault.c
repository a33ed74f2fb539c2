/* Crashes when it is loaded. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR { *(volatile int *)0 = 1; }
