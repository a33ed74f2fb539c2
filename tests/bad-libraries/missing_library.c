/* Needs a library that the test takes away after linking. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
int taken_away(void);
int use(void) { return taken_away(); }
