/* Writing a PNG. */
#ifndef UI_PNG_H
#define UI_PNG_H

#include "base/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 8-bit RGB, rows without gaps; false: errno says why. */
bool png_write(const char *file, const u8 *rgb, u32 width, u32 height);

#ifdef __cplusplus
}
#endif
#endif
