#ifndef C_ANALYSIS_DATA_H
#define C_ANALYSIS_DATA_H

#include <stddef.h>

/// A file of data/, which the program carries.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} CAnalysisData;

CAnalysisData CAnalysisDataSimplified(void);
CAnalysisData CAnalysisDataChineseLexicon(void);
CAnalysisData CAnalysisDataEnglishLexicon(void);
CAnalysisData CAnalysisDataEnglishWords(void);
CAnalysisData CAnalysisDataChineseWeights(void);
CAnalysisData CAnalysisDataEnglishWeights(void);
CAnalysisData CAnalysisDataOpinionLexicon(void);

#endif
