/* A manifest that is cut off. */
#include "flavor.h"
FLAVOR("{\"manifest\":1,\"api\":\"1.0")
