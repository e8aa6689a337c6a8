// The file is compiled in as it is (#embed, C23), as those of CDetectionData are.
#include "CPhoneData.h"

static const unsigned char plans[] = {
#embed "data/phones.bin"
};
CPhoneFile CPhoneDataPlans(void) { return (CPhoneFile){plans, sizeof plans}; }
