// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A filter on pixels of one byte, in a buffer that the host fills and reads in place.
static unsigned char pixels[1 << 16];

__attribute__((export_name("buffer"))) void *buffer(unsigned bytes) {
  return bytes <= sizeof(pixels) ? pixels : 0;
}

__attribute__((export_name("invert"))) void invert(unsigned char *begin, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    begin[i] = 255 - begin[i];
}
