/* A shared library that is no flavor. */
int nothing;
