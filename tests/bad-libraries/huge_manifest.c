/* A manifest of two megabytes. */
const char LARDER_FLAVOR_MANIFEST[2 << 20] = "{";
const void *LARDER_FLAVOR[64];
