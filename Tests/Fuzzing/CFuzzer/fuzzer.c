#include "CFuzzer.h"

// libFuzzer's own main, which ours stands before, names it.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)data;
    (void)size;
    return 0;
}
