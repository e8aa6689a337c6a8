// The files are compiled in as they are (#embed, C23), as those of CDetectionData are.
#include "CCodeFrames.h"

static const unsigned char generalPack[] = {
#embed "data/general.yaml"
};
CCodeFrame CCodeFramesGeneral(void) { return (CCodeFrame){generalPack, sizeof generalPack}; }

static const unsigned char restaurantPack[] = {
#embed "data/restaurant.yaml"
};
CCodeFrame CCodeFramesRestaurant(void) { return (CCodeFrame){restaurantPack, sizeof restaurantPack}; }

static const unsigned char ecommercePack[] = {
#embed "data/ecommerce.yaml"
};
CCodeFrame CCodeFramesEcommerce(void) { return (CCodeFrame){ecommercePack, sizeof ecommercePack}; }

static const unsigned char electronicsPack[] = {
#embed "data/electronics.yaml"
};
CCodeFrame CCodeFramesElectronics(void) { return (CCodeFrame){electronicsPack, sizeof electronicsPack}; }

static const unsigned char hotelPack[] = {
#embed "data/hotel.yaml"
};
CCodeFrame CCodeFramesHotel(void) { return (CCodeFrame){hotelPack, sizeof hotelPack}; }

static const unsigned char airlinePack[] = {
#embed "data/airline.yaml"
};
CCodeFrame CCodeFramesAirline(void) { return (CCodeFrame){airlinePack, sizeof airlinePack}; }

static const unsigned char carsPack[] = {
#embed "data/cars.yaml"
};
CCodeFrame CCodeFramesCars(void) { return (CCodeFrame){carsPack, sizeof carsPack}; }

static const unsigned char bankingPack[] = {
#embed "data/banking.yaml"
};
CCodeFrame CCodeFramesBanking(void) { return (CCodeFrame){bankingPack, sizeof bankingPack}; }

static const unsigned char telecomsPack[] = {
#embed "data/telecoms.yaml"
};
CCodeFrame CCodeFramesTelecoms(void) { return (CCodeFrame){telecomsPack, sizeof telecomsPack}; }

static const unsigned char appsPack[] = {
#embed "data/apps.yaml"
};
CCodeFrame CCodeFramesApps(void) { return (CCodeFrame){appsPack, sizeof appsPack}; }

static const unsigned char publicPack[] = {
#embed "data/public.yaml"
};
CCodeFrame CCodeFramesPublic(void) { return (CCodeFrame){publicPack, sizeof publicPack}; }
