/// The words of ``SpecialTerms``, by category. Conditions that pass in days (感冒, a headache) and what a product does to somebody are none.
enum SpecialLexicon {
    static let all: [(EntityType, SpecialTerms.Term.Need, String)] = [
        (.health, .owner, chineseHealth), (.health, .owner, englishHealth), (.health, .nothing, healthByItself),
        (.health, .allergy, "过敏|allergic|allergy|allergies"),
        (.minor, .school, schools), (.finances, .income, incomes),
        (.religion, .owner, religion),
        (
            .religion, .nothing,
            "信基督教的我|吃斋念佛|只吃清真|i keep kosher|we keep kosher|i only eat halal|we only eat halal|as a muslim|as a christian|as a jew|as a hindu|as a sikh|as a buddhist"
        ),
        (.ethnicity, .owner, ethnicity),
        (
            .ethnicity, .nothing,
            "as a black man|as a black woman|as a black person|as an asian man|as an asian woman|as an asian american|as a latina|as a latino|as a person of color|as a person of colour|as a hispanic woman|as a native american|as a black customer|as an african american"
        ),
        (.ethnicity, .predicate, "black|asian|white|jewish|mexican|puerto rican|chinese american|indian|pakistani"), (.sexLife, .predicate, "gay|straight"),
        (.union, .owner, union),
        (.union, .nothing, "作为工会代表|our union rep|my union rep|my trade union|my union|我们工会|i'm on strike|we are on strike|we're on strike|our shop steward"),
        (.politics, .owner, politics), (.politics, .nothing, "i voted for|we voted for|i campaigned for|i canvassed for|我投票给"),
        (.sexLife, .owner, sexLife),
        (.sexLife, .nothing, "as a gay man|as a lesbian|as a trans woman|as a trans man|as a gay couple|my sex life|our sex life|我的性生活|我们的性生活|夫妻生活不和谐"),
        (.finances, .owner, finances),
        (
            .finances, .nothing,
            "filed for bankruptcy|filing for bankruptcy|filed chapter 7|filed chapter 13|i was laid off|i got laid off|i lost my job|repossessed my car|repossessed my truck|repossessed my vehicle|my car was repossessed|my truck was repossessed|my vehicle was repossessed|we are homeless|i am homeless|i'm homeless|paycheck to paycheck|被列为失信被执行人|被列入失信名单|我被裁员|我被裁了"
        ),
    ]

    private static let chineseHealth = """
        糖尿病|高血压|低血压|高血脂|高血糖|低血糖|低血糖症|冠心病|心脏病|先天性心脏病|心梗|心肌梗塞|心绞痛|心衰|心律不齐|房颤|脑梗|脑溢血|脑出血|脑瘫|中风|癌症|肺癌|乳腺癌|胃癌|肝癌|肠癌|直肠癌|食道癌|宫颈癌|甲状腺癌|前列腺癌|血癌|白血病|肿瘤|脑瘤|淋巴瘤|子宫肌瘤|恶性肿瘤
        抑郁症|产后抑郁|焦虑症|躁郁症|双相情感障碍|双相|精神分裂症|精神分裂|精神病|精神疾病|心理疾病|自闭症|孤独症|多动症|强迫症|恐惧症|创伤后应激障碍|厌食症|暴食症|失眠症|癫痫|帕金森|帕金森病|老年痴呆|老年痴呆症|阿尔茨海默|阿尔茨海默病|痴呆|阅读障碍|智力障碍|唐氏综合征|唐氏儿|唐氏|发育迟缓
        哮喘|支气管哮喘|鼻炎|过敏性鼻炎|肺炎|肺结核|结核|慢阻肺|尘肺|肝炎|乙肝|乙肝携带者|丙肝|大三阳|小三阳|肝硬化|脂肪肝|艾滋病|艾滋|梅毒|性病|尖锐湿疣|疱疹|痛风|关节炎|类风湿|类风湿关节炎|风湿|强直性脊柱炎|腰椎间盘突出|腰间盘突出|腰突|颈椎病|骨折|骨质疏松|骨癌|股骨头坏死|脊柱侧弯
        甲亢|甲减|甲状腺结节|甲状腺|肾病|肾炎|肾衰|肾衰竭|尿毒症|透析|血透|肾结石|胆结石|胆囊炎|胃溃疡|胃炎|胃病|胃出血|肠胃炎|肠炎|克罗恩病|溃疡性结肠炎|结肠炎|胰腺炎|痔疮|阑尾炎|湿疹|荨麻疹|银屑病|牛皮癣|白癜风|红斑狼疮|贫血|地中海贫血|血友病|偏头痛|青光眼|白内障|糖尿病足
        失明|失聪|盲人|聋哑人|听障|视障|色弱|色盲|听障人士|视障人士|残疾|残疾人|残障人士|肢体残疾|下肢残疾|截肢|截瘫|瘫痪|偏瘫|半身不遂|坐轮椅|轮椅出行|行动不便|植物人|侏儒症|孕妇|准妈妈|怀孕|怀了孕|怀着孕|身孕|孕期|怀二胎|怀孕期间|流产|宫外孕|试管婴儿|试管|备孕|不孕|不孕症|不孕不育|哺乳期|坐月子|剖腹产|剖宫产
        手术|大手术|综合征|综合症|化疗|放疗|心脏支架|支架手术|起搏器|心脏搭桥|器官移植|肾移植|肝移植|住院治疗|开刀|截肢手术|胰岛素|降压药|抗抑郁药|安眠药|激素药|抗癌药|降糖药|新冠|新冠阳性|阳性|甲流|乳糖不耐|乳糖不耐受|乳糖不耐症|麸质不耐受|过敏体质|蚕豆病|多囊|多囊卵巢|子宫内膜异位|前列腺炎|前列腺增生|阳痿|早泄|更年期|肥胖症|戒毒|吸毒|酗酒|酒精依赖|尿失禁|大小便失禁|痛经|心脏不好|肾不好|肝不好|血糖高|血压高|血脂高|尿酸高|罕见病|渐冻症|重症肌无力|多发性硬化|小儿麻痹|小儿麻痹症|肌肉萎缩|静脉曲张|血栓|动脉硬化|动脉瘤|脑震荡
        """
    private static let englishHealth = """
        diabetes|diabetic|diabetics|cancer|breast cancer|lung cancer|prostate cancer|ovarian cancer|bowel cancer|colon cancer|leukemia|leukaemia|lymphoma|tumor|tumour|brain tumor|brain tumour|asthma|asthmatic|epilepsy|epileptic|hypertension|high blood pressure|low blood pressure|heart disease|heart attack|heart condition|heart failure|heart surgery|stroke|copd|emphysema|crohn's|crohn's disease|crohns|colitis|ulcerative colitis|ibs|celiac|coeliac|celiac disease|coeliac disease|gluten intolerant|gluten intolerance|lactose intolerant|lactose intolerance
        arthritis|rheumatoid arthritis|fibromyalgia|lupus|multiple sclerosis|parkinson's|parkinsons|parkinson's disease|dementia|alzheimer's|alzheimers|depression|postnatal depression|postpartum depression|clinical depression|anxiety disorder|anxiety|social anxiety|ptsd|bipolar|bipolar disorder|schizophrenia|schizophrenic|adhd|autism|autistic|asperger's|ocd|eating disorder|anorexia|anorexic|bulimia|bulimic|dyslexia|dyslexic|down syndrome|down's syndrome|cerebral palsy|pregnant|months pregnant|weeks pregnant|miscarriage|ivf|c-section|breastfeeding|colostomy|ostomy bag
        disabled|disability|disabilities|wheelchair user|wheelchair|in a wheelchair|wheelchair bound|blind|legally blind|deaf|hard of hearing|hearing impaired|hearing impairment|visually impaired|amputee|paralysed|paralyzed|quadriplegic|paraplegic|hiv|hiv positive|hiv-positive|aids|hepatitis|hepatitis b|hepatitis c|herpes|kidney disease|kidney failure|dialysis|chemo|chemotherapy|radiotherapy|radiation therapy|transplant|kidney transplant|liver transplant|surgery|knee surgery|hip replacement|knee replacement|back surgery|pacemaker|stent|migraines|sciatica|eczema|psoriasis|thyroid|hypothyroidism|anemia|anaemia|anemic|sleep apnea|sleep apnoea|insulin|antidepressants|blood thinners|covid|long covid|tuberculosis|pneumonia|sepsis|terminal illness|terminally ill|chronic illness|chronic pain|immunocompromised|mental illness|mental health issues|mental health problems|panic attacks|panic disorder|addiction|alcoholic|recovering alcoholic|drug addict|rehab|stoma|colostomy bag|incontinent|incontinence|erectile dysfunction|menopause|endometriosis|pcos|osteoporosis|gout|cystic fibrosis|sickle cell|hemophilia|haemophilia|motor neurone disease|als|glaucoma|macular degeneration|cataracts|tinnitus|vertigo|learning difficulties|learning disability|special needs|brain injury|spinal injury|blood clot|blood clots|liver disease|lung disease
        """
    private static let healthByItself =
        "残疾证|残疾军人证|孕妇一枚|怀孕三个月|确诊抑郁症|diagnosed with cancer|diagnosed with diabetes|my chemo|my chemotherapy|my dialysis|my pregnancy|my disability|my wheelchair|my miscarriage|my depression|my diabetes|my cancer treatment|my surgery|my epilepsy|my asthma|my ptsd|my insulin|my antidepressants"
    /// What children attend.
    private static let schools =
        "幼儿园小班|幼儿园中班|幼儿园大班|幼儿园|托儿所|托班|学前班|小学一年级|小学二年级|小学三年级|小学四年级|小学五年级|小学六年级|小学生|小学|一年级|二年级|三年级|四年级|五年级|六年级|初一|初二|初中生|kindergarten|preschool|nursery|daycare|pre-k|first grade|second grade|third grade|fourth grade|fifth grade|sixth grade|seventh grade|1st grade|2nd grade|3rd grade|4th grade|5th grade|6th grade|7th grade|elementary school|primary school|middle school|year 1|year 2|year 3|year 4|year 5|year 6|year one|year two|year three|year four|year five|year six|reception class"
    /// What an amount follows.
    private static let incomes =
        "月薪|年薪|月收入|年收入|工资|薪水|收入|退休金|养老金|存款|欠债|欠款|负债|欠了|贷款|房贷|月供|salary is|salary of|income is|income of|i make|i earn|earning|we earn|pension is|pension of|wages are|i owe|we owe|in debt of|savings of|credit score is|credit score of|paycheck is"
    private static let religion = """
        基督徒|基督教徒|天主教徒|佛教徒|道教徒|穆斯林|伊斯兰教徒|教徒|信徒|信佛|信教|信基督|信耶稣|信主|信奉伊斯兰教|信伊斯兰教|信天主教|信道教|伊斯兰教|基督教|天主教|佛教|道教|东正教|藏传佛教|皈依|居士|牧师|和尚|尼姑|阿訇|修女|神父|吃斋|吃素念佛|受洗|清真|清真饮食|斋月|封斋
        christian|christians|catholic|catholics|roman catholic|protestant|evangelical|baptist|methodist|muslim|muslims|jewish|jew|hindu|hindus|buddhist|sikh|mormon|atheist|jehovah's witness|jehovah's witnesses|quaker|orthodox jew|orthodox christian|born again christian|born-again christian|agnostic|islam|judaism|buddhism|christianity|jews|sikhs|buddhists|mormons|observe ramadan|fasting for ramadan|baptised|baptized|parish priest|rabbi|imam|nun
        """
    private static let ethnicity = """
        维吾尔族|维族|藏族|回族|蒙古族|壮族|苗族|彝族|满族|朝鲜族|土家族|侗族|瑶族|白族|傣族|哈尼族|黎族|畲族|高山族|哈萨克族|少数民族|回民|回族人|藏族人|维族人|蒙族|鲜族|原住民|阿美族|泰雅族|客家人|黑人|白人|混血儿|混血
        african american|african-american|asian american|korean american|japanese american|mexican american|indian american|chinese american|arab american|asian-american|native american|latino|latina|hispanic|roma|romani|indigenous|aboriginal|maori|inuit|kurdish|uyghur|tibetan|arab|mixed race|mixed-race|biracial|person of color|person of colour|black woman|black man|black family|asian woman|asian man|asian family|afro-caribbean|south asian|of indian descent|of chinese descent|of african descent|of jewish descent|of pakistani descent|of mexican descent|of korean descent|of african heritage|of asian heritage
        """
    private static let union = """
        工会会员|工会主席|工会代表|工会干部|工会成员|工会委员|工会|独立工会|职工代表|罢工
        union member|union members|union rep|union representative|union steward|shop steward|union official|trade unionist|trade union member|the union|a union|a trade union|union organiser|union organizer|unison|the teamsters|teamsters|the gmb|gmb|the uaw|uaw|the rmt|seiu|unite the union|unite union|aslef|on strike
        """
    private static let politics = """
        党员|中共党员|共产党员|预备党员|老党员|国民党员|民进党员|民进党|国民党|共产党|民盟盟员|民革党员|民进会员|九三学社社员|致公党党员|农工党党员|民建会员|台独|港独|异见人士|维权人士|上访户|上访|保守党|工党|绿党|共和党|民主党|入党积极分子|亲绿|深蓝|深绿
        republican|democrat|conservative|liberal|socialist|communist|libertarian|tory|labour voter|labour supporter|labour member|lib dem|green party member|the green party|the labour party|labour party member|the conservative party|the republican party|the democratic party|trump supporter|biden supporter|brexiteer|brexit supporter|remainer|registered democrat|registered republican|lifelong republican|lifelong democrat|left-wing|right-wing|leftist|snp member|ukip member|anarchist|voted labour|voted tory|voted conservative|voted republican|voted democrat|voted leave|voted remain|for labour|for trump|for biden|for brexit|for the tories
        """
    private static let sexLife = """
        同性恋|双性恋|同志伴侣|同性伴侣|同性情侣|同性夫妻|跨性别|跨性别者|变性人|变性手术|双性人|无性恋|拉拉|出柜|gay|性伴侣|性生活|一夜情|约炮|同妻|出轨|嫖娼
        lesbian|bisexual|transgender|trans woman|trans man|queer|non-binary|nonbinary|asexual|pansexual|intersex|a same-sex couple|same-sex couple|same sex couple|gay couple|lesbian couple|gay man|gay men|polyamorous|homosexual|sex worker
        """
    private static let finances = """
        破产|失业|下岗|失业在家|低保户|低保|吃低保|贫困户|五保户|建档立卡|负债累累|欠网贷|欠高利贷|网贷逾期|信用卡逾期|贷款逾期|房贷断供|断供|征信黑了|征信不好|征信花了|黑户|失信人|失信被执行人|老赖|领失业金|失业金|领救济金|无业|没收入|没有收入|没有工作|丢了工作|被催收|催收|资不抵债|揭不开锅
        bankrupt|bankruptcy|unemployed|out of work|jobless|on benefits|on welfare|on food stamps|food stamps|on universal credit|universal credit|housing benefit|jobseeker's allowance|on ssi|on ssdi|in debt|deep in debt|in foreclosure|foreclosure|evicted|homeless|behind on rent|behind on my rent|behind on my mortgage|behind on the mortgage|insolvent|living on a pension|on disability|on disability benefits|on ssdi|fixed income|low income|on a low income|laid off|made redundant|single income|debt collectors|payday loans|repossessed|an iva|a debt management plan
        """
}
