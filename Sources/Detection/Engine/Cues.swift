/// Words beside which personal data stands, or that speak against it.
struct Cues {
    enum Kind: UInt8 {
        case phone, email, address, postcode, birthDate, age
        case residentID, regionalID, nationalID, nationalInsurance, passport, travelPermit, military, driving, socialSecurity, creditCode
        case bankCard, account, cardCode, plate, vin, imei
        case wechat, qq, social, oneTimeCode, password, order, tracking
        /// A name follows.
        case name
        /// A name stands before.
        case title
        /// Numbers here are sizes, prices, versions, dates.
        case counter

        /// Whether ``CueValueDetector`` reads what stands behind it: of the others, values have a form or a detector of their own.
        var hasValue: Bool {
            switch self {
            case .name, .title, .counter, .age, .email, .address: false
            default: true
            }
        }
    }

    struct Cue {
        var kind: Kind
        var units: Range<Int>
    }

    /// In the order of the text.
    private(set) var all: [Cue] = []

    init(in text: FoldedText) {
        let table = Self.table
        var index = text.next(.cue, from: 0)
        while index < text.count {
            var end = index + 1
            if let (kind, length) = table.longest(at: index, in: text) {
                if all.isEmpty { all.reserveCapacity(8) }
                end = index + length
                all.append(Cue(kind: kind, units: index..<end))
            }
            index = text.next(.cue, from: end)
        }
    }

    /// The cues of another table, that of a pack, in some stretches of a text.
    init(in text: FoldedText, of table: WordTable<Kind>, within stretches: [Range<Int>]) {
        for stretch in stretches {
            var index = stretch.lowerBound
            while index < stretch.upperBound {
                guard let (kind, length) = table.longest(at: index, in: text) else {
                    index += 1
                    continue
                }
                all.append(Cue(kind: kind, units: index..<index + length))
                index += length
            }
        }
    }

    /// Position of the first cue that begins at a place or after it.
    private func position(of place: Int) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].units.lowerBound < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The cue that begins at a place.
    func beginning(at place: Int) -> Cue? {
        let index = position(of: place)
        return index < all.count && all[index].units.lowerBound == place ? all[index] : nil
    }

    /// The cue of a kind that begins at a place.
    func at(_ place: Int, _ kind: Kind) -> Cue? {
        let index = position(of: place)
        return index < all.count && all[index].units.lowerBound == place && all[index].kind == kind ? all[index] : nil
    }

    /// The nearest cue that ends at most `distance` units before a place.
    func before(_ place: Int, within distance: Int, where wanted: (Kind) -> Bool) -> Cue? {
        var index = position(of: place) - 1
        while index >= 0, all[index].units.upperBound + distance >= place {
            if all[index].units.upperBound <= place, wanted(all[index].kind) { return all[index] }
            index -= 1
        }
        return nil
    }

    private static let words: [(Kind, String)] = [
        (.phone, """
            电话 手机 手机号 手机号码 电话号码 联系方式 联系电话 座机 固话 致电 来电 回电 回拨 拨打 号码 号码是 尾号 末三码 末四码 tel tele telephone phone phone_number mobile cell landline whatsapp call dial text \
            home work call_me text_me ring_me reach_me message_me my_number number_is contact_number phone_no mob fax desk office answering_at messages_to calling direct_line hotline
            """),
        (.email, "邮箱 邮件 电子邮件 email e-mail mail"),
        (.address, "地址 住址 住在 家住 寄到 送到 邮寄 收货地址 详细地址 位于 address address_is address_with address_at live_at lives_at living_at deliver_to ship_to send_to return_to located_at reside_at residing_at office_is_at meet_me_at meet_you_at off_at store_is_at"),
        (.postcode, "邮编 邮政编码 邮递区号 zip postcode post_code zip_code zipcode postal_code"),
        (.birthDate, "生日 出生 出生日期 生于 出生年月 birthday birth_date date_of_birth dob born born_on born_on_the"),
        (.age, "年龄 今年 芳龄 年纪 age aged"),
        (.residentID, "身份证 身份证号 身份证号码 证件号 证件号码 身份证尾号 id_card id_number"),
        (.regionalID, "香港身份证 澳门身份证 台湾身份证 居留证 居留证号 统一证号 hkid hong_kong_id"),
        (.nationalID, "aadhaar aadhaar_number medicare medicare_card medicare_number sin nhs nhs_number tfn tax_file_number pps pps_number nric"),
        (.nationalInsurance, "nino ni_number national_insurance national_insurance_number"),
        (.passport, "护照 护照号 护照号码 passport passport_number"),
        (.travelPermit, "通行证 回乡证 台胞证 往来港澳通行证 港澳通行证 home_return_permit travel_permit"),
        (.military, "军官证 士兵证 军人证 警官证 文职证 军字第 military_id"),
        (.driving, "驾驶证 驾照 驾驶证号 驾照号 档案编号 driving_licence driver's_license driver_license driving_license"),
        (.socialSecurity, "ssn social_security social_security_number social socialnum social_security_no"),
        (.creditCode, "统一社会信用代码 信用代码 社会信用代码 税号 纳税人识别号 统编 统一编号"),
        (.bankCard, "last_four_digits last_four long_number 银行卡 银行卡号 卡号 信用卡 储蓄卡 借记卡 card card_number card_no credit_card debit_card visa mastercard amex"),
        (.account, "账号 帐号 账户 帐户 户口 会员号 会员卡号 客户号 account account_number acct a/c acc sort_code sort member_id customer_id customer_number customer_no client_number username user_name 用户名 工号"),
        (.cardCode, "cvv cvc cvv2 exp expiry expires exp_date 安全码 背面三位 后三位 security_code"),
        (.plate, "车牌 车牌号 车号 牌照 license_plate licence_plate number_plate plate registration reg"),
        (.vin, "车架号 车辆识别代号 车辆识别码 vin"),
        (.imei, "imei 串号 串码"),
        (.wechat, "微信 微信号 薇信 威信 加v v信 薇 加薇 加微 我微 vx wx wechat weixin"),
        (.qq, "qq qq号 qq号码 扣扣 企鹅号"),
        (.social, "支付宝 支付宝账号 微博 微博号 抖音 抖音号 小红书 小红书号 推特 twitter weibo alipay instagram insta ig snap snapchat tiktok facebook telegram skype line_id"),
        (.oneTimeCode, "验证码 校验码 动态码 动态密码 短信码 取件码 提货码 verification_code one-time_code one_time_code otp security_pin pin"),
        (.password, "密码 口令 password passwd pwd passcode"),
        (.order, """
            订单 订单号 订单编号 单号 工单 工单号 预约号 预订号 确认号 保单 保单号 理赔号 order order_number order_no order_id ticket ticket_number e-ticket confirmation confirmation_code confirmation_number conf pnr locator record_locator \
            booking booking_reference booking_ref booking_number reservation reservation_number case case_id case_number claim claim_number incident incident_id membership membership_no \
            membership_number member_number policy policy_number policy_no reference reference_number frequent_flyer frequent_flyer_number loyalty_number patient_id medical_record \
            medical_record_number mrn
            """),
        (.tracking, "快递单号 运单 运单号 物流单号 快递 顺丰 tracking tracking_number parcel"),
        (.name, """
            我叫 我是 这是 您是 他是 她是 叫做 名叫 名字叫 英文名叫 姓名 名字 联系人 收件人 收件 寄件 收货人 寄件人 参会 参会人 参会人员 与会 出席 出席人员 名单 值班 值班人员 参加人员 闺女 孙子 孙女 外孙 外甥 侄子 侄女 签收 签收人 本人 客户 用户 顾客 机主 户主 车主 客服 称呼 贵姓 免贵姓 叫 找 联系 请联系 通知 转告 爱人 老公 老婆 妻子 丈夫 \
            妈妈 爸爸 母亲 父亲 儿子 女儿 哥哥 姐姐 弟弟 妹妹 朋友 同事 邻居 投诉人 维修员 营业员 业务员 经办人 申请人 门店的 呼叫 打电话给 发短信给 发信息给 \
            my_name_is my_name's name_is i'm i_am this_is it's name surname last_name first_name full_name ask_for speak_to spoke_to spoke_with talked_to speaking_with regards sincerely best best_wishes best_regards kind_regards warm_regards cheers yours yours_truly yours_faithfully thanks thanks_to kudos_to props_to shout_out_to customer \
            contact recipient attn dear mr mrs ms miss dr prof sir
            """),
        (.title, """
            先生 女士 小姐 师傅 师父 老师 经理 太太 阿姨 大哥 大姐 同学 医生 大夫 主任 总监 主管 店长 教授 律师 警官 叔叔 奶奶 爷爷 老板 队长 工程师 书记 校长 教练 护士 导购 领班 秘书 秘书长 会计 局长 处长 科长 院长 部长 \
            市长 县长 镇长 村长 董事长 董事 总裁 副总 助理 站长 厂长 组长 班长 博士 法官 检察官 民警 警察 伯伯 婶婶 妈妈 爸爸 大爷 大妈 大娘 大叔 骑手 骑士 店员 童鞋 同志 老弟 老兄 师兄 师姐 哥 姐 叔 婶 嫂 姨 爷 伯
            """),
        (.counter, "发票号码 发票号 发票 型号 价格 价钱 版本 尺寸 规格 货号 编码 批次 批号 序列号 金额 库存 公里 model price version size sku serial ref invoice amount"),
    ]

    /// All cues, by what they begin with.
    static let table = WordTable(
        words.flatMap { kind, list in list.split(separator: " ").map { word in (FoldedText.units(of: String(word.map { $0 == "_" ? " " : $0 })), kind) } })
}
