/* Leaves a process of another session behind, and then never comes to an end itself. */
#include <unistd.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR {
    for (int i = 0; i < 20; i++) {
        if (fork() == 0) {
            setsid();
            for (;;) pause();
        }
    }
    for (volatile int i = 0;; i++) {}
}
