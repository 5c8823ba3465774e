/* Version of the firmware; build.ts reads it for the release's manifest. */
#ifndef LETAN_LINK_VERSION_H
#define LETAN_LINK_VERSION_H

#define FIRMWARE_MAJOR 0
#define FIRMWARE_MINOR 2
#define FIRMWARE_PATCH 0

#endif
