// The files are compiled in as they are (#embed, C23), as those of CDetectionData are.
#include "CAnalysisData.h"

static const unsigned char simplified[] = {
#embed "../CDetectionData/data/simplified.txt"
};
CAnalysisData CAnalysisDataSimplified(void) { return (CAnalysisData){simplified, sizeof simplified}; }

static const unsigned char chineseLexicon[] = {
#embed "data/zh.lexicon"
};
CAnalysisData CAnalysisDataChineseLexicon(void) { return (CAnalysisData){chineseLexicon, sizeof chineseLexicon}; }

static const unsigned char englishLexicon[] = {
#embed "data/en.lexicon"
};
CAnalysisData CAnalysisDataEnglishLexicon(void) { return (CAnalysisData){englishLexicon, sizeof englishLexicon}; }

static const unsigned char englishWords[] = {
#embed "data/en.words"
};
CAnalysisData CAnalysisDataEnglishWords(void) { return (CAnalysisData){englishWords, sizeof englishWords}; }

static const unsigned char chineseWeights[] = {
#embed "data/zh.weights"
};
CAnalysisData CAnalysisDataChineseWeights(void) { return (CAnalysisData){chineseWeights, sizeof chineseWeights}; }

static const unsigned char englishWeights[] = {
#embed "data/en.weights"
};
CAnalysisData CAnalysisDataEnglishWeights(void) { return (CAnalysisData){englishWeights, sizeof englishWeights}; }

static const unsigned char opinionLexicon[] = {
#embed "data/opinions.lexicon"
};
CAnalysisData CAnalysisDataOpinionLexicon(void) { return (CAnalysisData){opinionLexicon, sizeof opinionLexicon}; }
