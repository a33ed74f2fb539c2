/* Uses a library that it brings along, and fails its trial with the answer. */
#include <stdio.h>
#include <stdlib.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
int first(void);
CONSTRUCTOR {
    fprintf(stderr, "the answer is %d\n", first());
    abort();
}
