#ifndef C_CODE_FRAMES_H
#define C_CODE_FRAMES_H

#include <stddef.h>

/// A file of data/, which the program carries.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} CCodeFrame;

CCodeFrame CCodeFramesGeneral(void);
CCodeFrame CCodeFramesRestaurant(void);
CCodeFrame CCodeFramesEcommerce(void);
CCodeFrame CCodeFramesElectronics(void);
CCodeFrame CCodeFramesHotel(void);
CCodeFrame CCodeFramesAirline(void);
CCodeFrame CCodeFramesCars(void);
CCodeFrame CCodeFramesBanking(void);
CCodeFrame CCodeFramesTelecoms(void);
CCodeFrame CCodeFramesApps(void);
CCodeFrame CCodeFramesPublic(void);

#endif
