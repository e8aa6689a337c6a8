/// Tells the title of a thing for sale from what people say: nouns and sizes one after another, nobody who speaks, nothing that is told.
///
/// An author, an artist or a brand in it is what analysts count. Only what a cue announces is somebody's name there.
enum GoodsTitle {
    /// Longer texts are descriptions.
    private static let longest = 120

    /// Whether a text as a whole is such a title; what mentions somebody is none.
    static func isOne(_ text: FoldedText) -> Bool {
        guard text.hasHan, text.count <= longest, !text.filter.mayContain(0x40) else { return false }
        var (goods, sizes, talk) = (0, 0, 0)
        var index = 0
        while index < text.count {
            let unit = text.units[index]
            if FoldedText.isDigit(unit) {
                let start = index
                while index < text.count, FoldedText.isDigit(text.units[index]) || text.units[index] == 0x2E { index += 1 }
                // An ISBN.
                if index - start == 13, text.units[start] == 0x39, text.units[start + 1] == 0x37 { goods += 2 }
                if measures.begins(at: index, in: text) { sizes += 1 }
                continue
            }
            // [蛋糕] is a picture.
            if speaking.contains(unit) || telling.begins(at: index, in: text) {
                talk += 1
            } else if index == 0 || text.units[index - 1] != 0x5B, let word = words.first(at: index, in: text) {
                goods += 1
                index += word.count
                continue
            }
            index += 1
        }
        return goods > 0 && goods + min(sizes, 2) >= 2 + 2 * talk
    }

    /// Particles and pronouns of talk.
    private static let speaking = UnitSet("了我你您他她吗吧呢啊呀很太就都也还这那没说给请怎。是不为")
    /// What news, posts and titles of films have.
    private static let telling = PhraseList([
        "表示", "告诉", "负责", "记者", "公司", "中心", "主任", "导演", "主演", "电影", "电视剧", "大结局", "第1集", "集大", "播剧", "主播", "综艺", "回顾", "亮相", "颁奖", "情史", "设计师", "执导", "学院", "学士", "硕士", "大学毕业",
        "出生", "任职",
        "要求", "投诉", "退货", "退款", "客服", "收到", "联系", "地址", "电话", "高清版", "高清珍藏", "演唱会",
    ])
    private static let measures = PhraseList([
        "ml", "kg", "cm", "mm", "g", "l", "w", "v", "寸", "片", "支", "只", "盒", "瓶", "袋", "包", "罐", "件", "条", "张", "份", "升", "克", "斤", "枚", "套", "本", "册", "讲", "粒", "丸", "英寸", "个装",
        "厘米", "毫升", "公斤",
    ])
    private static let words = PhraseList(
        """
        cd t恤 u盘 专柜 专用 丝巾 丝袜 中号 中式 主机 主板 主编 乌龙 乐器 习题 书架 书法 书籍 乳液 二胡 亚麻 人参 代购 件装 休闲 优盘 \
        佛珠 便携 促销 保暖 保湿 修身 假发 健身 充电 光盘 光纤 全棉 公仔 内存 内衣 内裤 冬季 冬装 冰箱 净化 净水 凉鞋 减震 刀具 别针 制服 \
        刺绣 力作 加厚 加湿 加绒 包包 包装 包邮 化妆 化学 北欧 医用 单肩 单鞋 卡箍 卫衣 印章 卸妆 厂家 原装 厨具 双肩 发夹 发饰 口红 口罩 \
        古玩 只装 可调 台历 台灯 合页 吉他 吊坠 吊带 吊灯 同款 吸尘 吸顶 咖啡 哑铃 唇膏 唐装 唱片 商用 啤酒 喜糖 喷雾 围巾 国产 国画 图书 \
        地板 地漏 坐垫 坚果 坦克 型号 垫片 塑料 墙纸 墙衣 墙贴 增高 墨盒 墨镜 壁画 壁纸 复印 复古 夏季 夏装 外套 大号 大灯 大码 大米 大衣 \
        头盔 夹子 套盒 套装 女士 女装 女鞋 奶瓶 奶粉 婚庆 婚纱 婴儿 字典 字帖 字画 定做 实木 宠物 宣纸 家具 家用 宽松 导航 射灯 小号 小说 \
        少儿 尺寸 尾灯 工具 工装 布料 帐篷 帽子 干红 平板 年货 幼犬 床单 床垫 底料 开关 开衫 弯头 弹簧 彩带 徽章 快门 戒指 户外 扇子 手串 \
        手册 手动 手套 手提 手表 手链 手镯 打印 打底 打捞 打标 打磨 扫地 扫描 扳手 批发 投影 抗体 折叠 折扇 护肤 护腕 护膝 披肩 抽纸 拉手 \
        拔罐 拖鞋 拼图 挂件 挂架 挂画 挂钩 按摩 排插 接头 插头 插座 摆件 支架 支装 收纳 救生 教材 教程 散热 散装 文具 文胸 新书 新款 旗舰 \
        旗袍 无线 日式 日抛 春夏 春季 显卡 显瘦 普洱 智能 月饼 服装 木耳 木质 木雕 本子 机油 机箱 杂粮 杏仁 条码 板鞋 果干 果脯 果酱 枸杞 \
        标签 核桃 根雕 桌子 棉服 棉签 棉衣 棉袄 棉袜 椅子 榨汁 模块 模型 橡皮 橱柜 檀木 欧式 欧美 正品 正版 毛呢 毛笔 毛线 毛绒 毛衣 毛衫 \
        气泵 气球 气缸 水杯 水果 水槽 水泵 水管 汉服 沉香 沐浴 沙发 沙画 油画 法兰 泳帽 泳衣 泳装 泳镜 洁面 洗发 浮雕 浴室 浴缸 涂料 清仓 \
        渔具 湿巾 滑板 滑轨 滑雪 滤纸 滤芯 漫画 火腿 火锅 灯具 灯带 灯泡 烤箱 烧杯 热卖 热狗 燕窝 燕麦 爆款 片剂 牙刷 牙膏 牛仔 牛奶 牛皮 \
        牛肉 特产 狗粮 猪肉 猫砂 猫粮 玩具 现货 玻璃 球拍 琥珀 瑜伽 瓜子 瓶装 瓷砖 电动 电容 电机 电池 电源 电线 电缆 电脑 电钻 电阻 男士 \
        男装 男鞋 画册 画框 登山 白酒 百搭 皮带 皮草 皮衣 皮革 皮鞋 盆栽 盒装 直邮 直销 相册 相机 相框 真丝 真皮 眼影 眼镜 睡衣 睡袍 瞄准 \
        短袖 短裤 石雕 砚台 砧板 硒鼓 硬盘 碟片 碳粉 磁铁 礼品 礼服 礼物 礼盒 秋冬 秋季 秋衣 秋裤 种子 积木 空调 窗帘 童书 童装 童鞋 筒灯 \
        简约 米粉 米线 粉丝 粉底 粉末 粉条 粉霜 粘土 粽子 精华 糕点 糙米 紫砂 红包 红木 红枣 红茶 纯棉 纸巾 纸箱 线香 绘本 绿茶 编著 罐装 \
        网球 网线 羊毛 羊绒 美白 美瞳 羽绒 翡翠 耐磨 耗材 耳机 耳环 肉干 肉酱 肥料 背包 背带 背心 胶囊 胶带 胸针 脚垫 脚链 腕表 腰带 腰果 \
        自动 舞鞋 船袜 色带 芯片 花梨 花洒 花生 花盆 花茶 茶具 茶叶 茶壶 茶杯 茶炉 莲子 菩提 蓝牙 蔬菜 薯片 藤椅 蚕丝 蛋糕 蜂蜜 蜜蜡 蜜饯 \
        螺丝 螺母 螺蛳 衣架 衬衣 衬衫 衬裙 袋装 被套 装饰 裙子 裤子 西服 西装 规格 角阀 词典 试剂 试卷 试管 调料 豆干 贴纸 贴膜 贺卡 赠品 \
        足浴 跑步 路由 跳绳 车用 车衣 车载 转卖 转接 轮椅 轮滑 轮胎 软管 软糖 轴承 辣条 进口 连体 迷你 适用 选注 通用 速干 遥控 邮票 配件 \
        配电 酱油 酸奶 针织 钓鱼 钙片 钢笔 钢管 钱包 钱币 铅笔 铭牌 铰链 银耳 银饰 链条 锁芯 键盘 镜头 镜框 镜片 长袖 门锁 阀门 防尘 防晒 \
        防水 防滑 阿胶 陶瓷 雕塑 雨伞 雨刷 雨衣 零件 零食 雷达 面包 面料 面条 面粉 面膜 面霜 靴子 鞋垫 鞋带 鞋架 韩版 音箱 项坠 项链 顺丰 \
        领带 颗粒 风扇 风衣 餐具 饭盒 饮料 饰品 饼干 香水 香炉 香菇 香薰 马夹 马桶 马甲 骑行 高档 鱼竿 鱼线 鱼缸 鱼饵 麦片 麦芽 麻花 黄铜 \
        鼠标 齿轮 龙井 龙头 dvd led 万用表 三件套 三脚架 不锈钢 两件套 乒乓球 交换机 伏特加 休闲裤 传感器 保护套 保温杯 保险杠 保鲜膜 \
        冲锋衣 减速机 出版社 分析纯 切割机 创可贴 刹车片 十字绣 半身裙 卫生巾 变压器 口服液 和田玉 哈伦裤 四件套 垃圾袋 培养基 太阳能 太阳镜 \
        威士忌 存储卡 家居服 密封圈 对讲机 小西装 小麦白 巧克力 帆布鞋 延长线 开发板 开心果 微波炉 手工皂 手机壳 打印机 打底裤 投影幕 拉杆箱 \
        指甲油 挖掘机 接触器 提取物 摄像头 摩托车 数据线 断路器 明信片 显微镜 显示器 服务器 望远镜 标准品 气泡膜 水龙头 洗手盆 洗衣机 温度计 \
        滴眼液 演出服 火花塞 烘干机 烘衣机 热水器 牛仔裤 玻璃杯 珍藏版 瑜伽垫 电动车 电磁炉 电磁阀 电饭煲 皮带轮 益生菌 眼药水 碳纤维 示波器 \
        笔记本 篮球鞋 素颜霜 纪念币 纸尿裤 继电器 维生素 网球拍 置物架 羽毛球 羽绒服 自行车 舞蹈服 落地灯 葡萄干 葡萄酒 蓄电池 蛋白粉 蛋黄酥 \
        螺丝刀 血压计 读卡器 豆豆鞋 轮滑鞋 运动鞋 连衣裙 适配器 逆变器 钢化膜 铁观音 铝合金 镜头盖 阔腿裤 雪地靴 食用油 马丁靴 高跟鞋 鸡尾酒 \
        2dvd 移动电源 行车记录 清华大学出版社
        """.split { $0 == " " || $0 == "\n" }.map(String.init).sorted { $0.count > $1.count })
}
