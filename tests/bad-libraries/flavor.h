/* What a library must export to pass the inspection; the registration symbol holds no header. */
#ifndef FLAVOR_H
#define FLAVOR_H

#define MANIFEST(api, panic, about)                                                                      \
    "{\"manifest\":1,\"api\":\"" api "\",\"library\":\"bad\",\"version\":\"0.1.0\",\"panic\":\"" panic "\"," \
    "\"flavors\":[{\"type\":\"artifact_store\",\"name\":\"bad\",\"about\":\"" about "\",\"schemes\":[\"bad://\"]}]}"

#define FLAVOR(manifest)                             \
    const char LARDER_FLAVOR_MANIFEST[] = manifest;  \
    const void *LARDER_FLAVOR[64];

#define GOOD_MANIFEST MANIFEST("1.0.0", "unwind", "a fixture")

#define CONSTRUCTOR __attribute__((constructor)) static void constructor(void)

#endif
