/* Ends the process when it is loaded, as if all were well. */
#include <stdlib.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR { exit(0); }
