/* A manifest whose texts would paint the terminal red and ring its bell; as JSON escapes. */
#include "flavor.h"
FLAVOR(MANIFEST("1.0.0", "unwind", "\\u001b[31mred\\u0007"))
