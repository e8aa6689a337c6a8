import Store
import TestVaults
import Testing
@testable import VoCVault

@Suite("Coarser values")
struct GeneralizationTests {
    @Test("of an address province and city are kept, and nothing that may be somebody's name")
    func cities() throws {
        let addresses: [(String, String)] = [
            ("广东省深圳市南山区科技园路1号", "广东省深圳市"), ("北京市朝阳区某路1号", "北京市"), ("上海 市 浦东新区", "上海市"),
            ("内蒙古自治区呼和浩特市新城区", "内蒙古自治区呼和浩特市"), ("新疆维吾尔自治区乌鲁木齐市天山区", "新疆维吾尔自治区乌鲁木齐市"),
            ("四川成都市武侯区", "四川成都市"), ("广东省某某镇人民路3号", "广东省"), ("江苏省昆山市花桥镇", "江苏省昆山市"),
            // No place begins here, or none that is known.
            ("收件人张伟丰上海市浦东新区1号", ""), ("张伟上海市浦东新区1号", ""), ("王芳北京市", ""), ("张三省城路1号", ""), ("广东省张伟家市场路2号", "广东省"),
            ("四川北路100号", ""), ("12 Main Street", ""), ("", ""),
        ]
        let vault = try TestVault()
        try vault.ingest(addresses.enumerated().map { line(id: "\($0)", customer: ["id": "C\($0)", "address": $1.0]) })
        let opener = try StoredCodeOpener(keyring: vault.vault.keyring, vaultID: vault.vault.store.vaultID)
        for (index, address) in addresses.enumerated() {
            let row = try #require(try vault.vault.store.read { try $0.codes(of: Int64(index + 1)) })
            #expect(try opener.texts(of: "g_address", in: row) == (address.1.isEmpty ? [] : [address.1]), "\(address.0)")
        }
    }
}
