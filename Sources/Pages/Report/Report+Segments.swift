import Reporting

/// Customers told apart by fields that whoever asks for the report names.
extension Report {
    var segments: HTML {
        figures.segments.html { field in
            let rows = figures[field].sorted { $0.customers > $1.customers }
            let body = table(
                [field, t("客户", "customers"), t("评分", "rating"), "CSAT", "NPS", t("负面占比", "negative")],
                rows.map { row in
                    let value = row.keys[0]
                    return [
                        value, Scale.text(row.customers), rounded(row.rating), percent(Figures.satisfaction(figures.groups([field, "rating"], where: value))),
                        rounded(Figures.promoterScore(figures.groups([field, "nps"], where: value)), 0),
                        percent(figures.count([field, "sentiment"], value, "negative").map { min($0 / row.customers, 1) }),
                    ]
                })
            return section("\(t("分组", "Segments")): \(field)", rows.isEmpty ? "<p>\(t("暂无可显示的数据", "No data can be shown"))</p>" : body)
        }
    }
}
