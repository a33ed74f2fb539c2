/* Aborts when it is loaded, and says why. */
#include <stdio.h>
#include <stdlib.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR {
    fputs("licence check failed\n\033[31mgoodbye\n", stderr);
    abort();
}
