/// Slips in codeframe.yaml.
extension Slip {
    static let codeFrame: [Slip] = [
        Slip("codeframe.yaml", "id: product.noise", "id: product.function", "code 'product.function' is defined twice"),
        Slip("codeframe.yaml", "id: price", "id: Price", "code 'Price' may have only lower-case letters"),
        Slip("codeframe.yaml", "id: price", "id: product price", "code 'product price' may have only"),
        Slip("codeframe.yaml", "{id: price, ", "{id price, ", "unknown key 'id price' (a ':' must follow 'id')"),
        Slip("codeframe.yaml", "{id: price, ", "{", "a code lacks 'id'"),
        Slip("codeframe.yaml", "zh: 价格, ", "", "code 'price' lacks 'zh'"),
        Slip("codeframe.yaml", "en: Price", "en: \"\"", "the name of code 'price' is empty"),
        Slip("codeframe.yaml", "en: Price", "eng: Price", "unknown key 'eng' (did you mean 'en'?)"),
        Slip("codeframe.yaml", "area: market, department: Sales, need", "area: marketing, department: Sales, need", "not 'marketing' (did you mean 'market'?)"),
        Slip("codeframe.yaml", "area: market, department: Sales, need", "area: [market], department: Sales, need", "area must be text, not a list"),
        Slip("codeframe.yaml", "need: performance, effort: 4", "need: performence, effort: 4", "not 'performence' (did you mean 'performance'?)"),
        Slip("codeframe.yaml", "need: performance, effort: 4", "need: 2, effort: 4", "need must be one of basic, performance, delight, not '2'"),
        Slip("codeframe.yaml", "need: performance, effort: 4", "need: performance, effort: high", "effort must be a whole number, not 'high'"),
        Slip("codeframe.yaml", "need: performance, effort: 4", "need: performance, effort: 4.5", "effort must be a whole number, not '4.5'"),
        Slip("codeframe.yaml", "need: performance, effort: 4", "need: performance, effort: 6", "effort must be between 1 and 5, not 6"),
        Slip("codeframe.yaml", "urgent: true", "urgent: very", "urgent must be true or false, not 'very'"),
        Slip("codeframe.yaml", "department: Quality, need", "department: [Quality], need", "department must be text, not a list"),
        Slip("codeframe.yaml", "department: Quality, need", "dept: Quality, need", "unknown key 'dept'"),
        Slip(
            "codeframe.yaml", "definition: \"Material, workmanship, how long it lasts; not a failure of function.\"", "definition: [Material, workmanship]",
            "definition must be text, not a list"),
        Slip("codeframe.yaml", "phrases: [噪音, 声音大, 声音特别大, 太吵, 很吵, 异响, 嗡嗡, noise, noisy, loud]}", "phrases: 噪音}", "phrases must be a list, not '噪音'"),
        Slip("codeframe.yaml", "phrases: [噪音", "phrase: [噪音", "unknown key 'phrase' (did you mean 'phrases'?)"),
        Slip("codeframe.yaml", "phrases: [噪音", "phrases: [\"\", 噪音", "a phrase is empty"),
        Slip("codeframe.yaml", "phrases: [噪音", "phrases: [[噪音]", "a phrase must be text, not a list"),
        Slip("codeframe.yaml", "needs:\n  basic:", "needs:\n  basics:", "unknown key 'basics' (did you mean 'basic'?)"),
        Slip("codeframe.yaml", "  delight: [", "  delighted: [", "unknown key 'delighted' (did you mean 'delight'?)"),
        Slip("codeframe.yaml", "wishes: [", "wish: [", "unknown key 'wish' (did you mean 'wishes'?)"),
        Slip("codeframe.yaml", "reach: 1", "reach: -1", "reach must be a number between 0.0 and 10.0, not '-1'"),
        Slip("codeframe.yaml", "effort: 0.5", "effort: half", "effort must be a number between 0.0 and 10.0, not 'half'"),
        Slip("codeframe.yaml", "priority: {", "prioritiy: {", "unknown key 'prioritiy' (did you mean 'priority'?)"),
    ]

    static let codeFrameWarnings: [Slip] = [
        Slip("codeframe.yaml", "  delight: [没想到", "  delight: [起码, 没想到", "phrase '起码' stands under both 'basic' and 'delight'"),
        Slip("codeframe.yaml", "phrases: [噪音", "phrases: [噪音, 噪音", "'噪音' appears twice in phrases"),
        Slip("codeframe.yaml", "phrases: [噪音, 声音大, 声音特别大, 太吵, 很吵, 异响, 嗡嗡, noise, noisy, loud]}", "phrases: []}", "code 'product.noise' has no phrase"),
    ]
}
