/* Needs a symbol that no library has. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
int nowhere(void);
int use(void) { return nowhere(); }
