#ifndef C_DETECTION_DATA_H
#define C_DETECTION_DATA_H

#include <stddef.h>

/// A file of data/, which the program carries.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} CDetectionData;

CDetectionData CDetectionDataSurnames(void);
CDetectionData CDetectionDataGivenCharacters(void);
CDetectionData CDetectionDataWords(void);
CDetectionData CDetectionDataFirstNames(void);
CDetectionData CDetectionDataLastNames(void);
CDetectionData CDetectionDataEnglishWords(void);
CDetectionData CDetectionDataLanguages(void);
CDetectionData CDetectionDataPlaces(void);
CDetectionData CDetectionDataSimplified(void);
CDetectionData CDetectionDataChineseTagger(void);
CDetectionData CDetectionDataEnglishTagger(void);

#endif
