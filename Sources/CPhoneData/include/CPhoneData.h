#ifndef C_PHONE_DATA_H
#define C_PHONE_DATA_H

#include <stddef.h>

/// Bytes that are compiled in.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} CPhoneFile;

/// Plans of telephone numbers (Tools/PhoneData says what is in it).
CPhoneFile CPhoneDataPlans(void);

#endif
