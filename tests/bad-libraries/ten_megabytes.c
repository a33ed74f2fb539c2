/* Prints ten megabytes when it is loaded, then crashes. */
#include <stdio.h>
#include <stdlib.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR {
    for (int i = 0; i < 5 << 20; i += 64) {
        fputs("this line of output is sixty-four bytes long, all told by now, \n", stdout);
        fputs("and this line of it goes to the other stream, as long as that.\n", stderr);
    }
    fflush(stdout);
    fputs("the last line\n", stderr);
    abort();
}
