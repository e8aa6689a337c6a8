// The files are compiled in as they are (#embed, C23): Swift reads a megabyte of literals a hundred times more slowly, and the
// program needs no file at run time.
#include "CDetectionData.h"

static const unsigned char surnames[] = {
#embed "data/surnames.txt"
};
CDetectionData CDetectionDataSurnames(void) { return (CDetectionData){surnames, sizeof surnames}; }

static const unsigned char givenCharacters[] = {
#embed "data/given-characters.txt"
};
CDetectionData CDetectionDataGivenCharacters(void) { return (CDetectionData){givenCharacters, sizeof givenCharacters}; }

static const unsigned char words[] = {
#embed "data/words.txt"
};
CDetectionData CDetectionDataWords(void) { return (CDetectionData){words, sizeof words}; }

static const unsigned char firstNames[] = {
#embed "data/first-names.txt"
};
CDetectionData CDetectionDataFirstNames(void) { return (CDetectionData){firstNames, sizeof firstNames}; }

static const unsigned char lastNames[] = {
#embed "data/last-names.txt"
};
CDetectionData CDetectionDataLastNames(void) { return (CDetectionData){lastNames, sizeof lastNames}; }

static const unsigned char englishWords[] = {
#embed "data/english-words.txt"
};
CDetectionData CDetectionDataEnglishWords(void) { return (CDetectionData){englishWords, sizeof englishWords}; }

static const unsigned char languages[] = {
#embed "data/languages.txt"
};
CDetectionData CDetectionDataLanguages(void) { return (CDetectionData){languages, sizeof languages}; }

static const unsigned char places[] = {
#embed "data/places.txt"
};
CDetectionData CDetectionDataPlaces(void) { return (CDetectionData){places, sizeof places}; }

static const unsigned char simplified[] = {
#embed "data/simplified.txt"
};
CDetectionData CDetectionDataSimplified(void) { return (CDetectionData){simplified, sizeof simplified}; }

static const unsigned char chineseTagger[] = {
#embed "data/zh.weights"
};
CDetectionData CDetectionDataChineseTagger(void) { return (CDetectionData){chineseTagger, sizeof chineseTagger}; }

static const unsigned char englishTagger[] = {
#embed "data/en.weights"
};
CDetectionData CDetectionDataEnglishTagger(void) { return (CDetectionData){englishTagger, sizeof englishTagger}; }
