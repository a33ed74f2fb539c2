/* Uses up its stack when it is loaded. */
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
static int deeper(volatile int *above) {
    volatile int here[1024];
    here[0] = *above + 1;
    return deeper(here) + here[0];
}
CONSTRUCTOR {
    volatile int start = 0;
    deeper(&start);
}
