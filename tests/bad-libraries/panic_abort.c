/* Says that a panic ends the process. */
#include "flavor.h"
FLAVOR(MANIFEST("1.0.0", "abort", ""))
