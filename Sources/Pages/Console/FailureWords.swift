import VaultAPI

extension Words {
    /// What went wrong and what to do about it, for the person in front of the page.
    package func text(of failure: Failure) -> String { language.pick(Self.chinese(failure), failure.title) }

    private static func chinese(_ failure: Failure) -> String {
        switch failure {
        case .invalid: "提交的内容有误，请修改后重试"
        case .notSignedIn: "您尚未登录，或登录已失效"
        case .denied: "根据访问策略，您无权执行此操作"
        case .needsApproval: "此操作需由另一人批准，审批申请已提交"
        case .foreignForm: "页面已过期，请刷新后重新提交"
        case .notFound: "未找到相关内容"
        case .cursorGone: "游标已失效，请从头读取"
        case .method: "不支持此请求方式"
        case .timeout: "上传超时，请重试"
        case .tooLarge: "内容过大，超出上限"
        case .mediaType: "不支持此数据格式"
        case .onHold: "该客户处于法务保全中，数据不可删除"
        case .conflict: "与当前状态冲突，操作未执行"
        case .underWay: "同一操作正在进行中，请稍后查看结果"
        case .policy: "策略文件有误，请联系管理员"
        case .needsConfirmation: "此操作需要确认后才能执行"
        case .keyReused: "该幂等键（Idempotency-Key）已用于其他请求"
        case .rateLimited: "请求过于频繁，请稍后再试"
        case .busy: "系统繁忙，请稍后再试"
        case .storageUnavailable: "数据库暂时无法访问，请稍后再试"
        case .storageFull: "磁盘空间不足，请联系管理员"
        case .unknownOutcome: "无法确认操作是否已完成，请先核对结果，再决定是否重试"
        case .integrity: "数据完整性校验未通过，请立即通知合规负责人"
        case .logForked: "审计日志疑似被回退或分叉，须经合规负责人处理后方可继续"
        case .keys: "缺少所需密钥，请联系管理员"
        case .notAnchored: "日志检查点未能提交至外部存证服务"
        case .internal: "系统内部错误，请联系管理员"
        }
    }
}
