/* Never comes to an end when it is loaded. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR { for (volatile int i = 0;; i++) {} }
