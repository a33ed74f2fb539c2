/* Leaves a process running that has left group and session, and holds on to its output. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "flavor.h"
FLAVOR(GOOD_MANIFEST)
CONSTRUCTOR {
    if (fork() != 0) return;
    setsid();
    if (fork() != 0) _exit(0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (;;) pause();
}
