import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VoCVault

@Suite("Improvement tasks")
struct ImprovementTests {
    private let due = Timestamp("2027-01-31T00:00:00Z")!

    private func propose(_ session: Session, title: String = "quieter fan", about filter: String = "product = 'X5' and rating <= 2", owner: String = "chen") throws -> Int64 {
        try session.proposeTask(title: title, about: try Condition(parsing: filter), owner: owner, due: due, expected: "half the complaints").id
    }

    @Test("a task goes from proposal to acceptance, and the log has every step with who took it")
    func life() throws {
        let vault = try TestVault()
        let (analyst, manager, chen) = (try vault.session("analyst"), try vault.session("manager"), try vault.session("improver", named: "chen"))
        let id = try propose(analyst)
        _ = try manager.takeTaskStep(.approve, of: id, note: nil)
        _ = try chen.takeTaskStep(.start, of: id, note: nil)
        vault.clock.advance(days: 10)
        _ = try chen.takeTaskStep(.finish, of: id, note: "new fan")
        _ = try manager.takeTaskStep(.sendBack, of: id, note: "still loud in the north")
        _ = try chen.takeTaskStep(.finish, of: id, note: "newer fan")
        _ = try manager.takeTaskStep(.accept, of: id, note: nil)
        let task = try #require(try manager.improvementTasks().first)
        let filter = try Condition(parsing: "product = 'X5' and rating <= 2")
        #expect(task.state == .accepted && task.owner == "chen" && task.filter == filter)
        #expect(task.events.map(\.step) == [.propose, .approve, .start, .finish, .sendBack, .finish, .accept])
        #expect(task.started!.milliseconds + 10 * 86_400_000 == task.finished!.milliseconds)
        let entries = try vault.session("compliance").auditEntries(.init(limit: 50)).filter { $0.action.hasPrefix("task.") && $0.detail["task"] == "1" }
        #expect(entries.count == 7 && entries.map { $0.detail["state"]! } == ["accepted", "done", "in-progress", "done", "in-progress", "approved", "proposed"])
        #expect(Set(entries.map(\.principal)) == ["analyst", "manager", "chen"])
    }

    @Test("steps out of turn, of others, of one's own proposal or work are refused and change nothing")
    func refusals() throws {
        let vault = try TestVault { name, text in
            // One who may do all of it, to see that duties stay apart.
            name == "roles.yaml" ? text.replacing("actions: [task.decide, task.read]", with: "actions: [task.propose, task.work, task.decide, task.read]\n        fields: {rating: reveal}") : text
        }
        let (all, analyst, chen) = (try vault.session("manager", named: "all"), try vault.session("analyst"), try vault.session("improver", named: "chen"))
        let own = try propose(all, about: "rating = 1", owner: "all")
        #expect(throws: VaultError.self) { try all.takeTaskStep(.approve, of: own, note: nil) }
        let id = try propose(analyst, owner: "all")
        for step in [ImprovementTask.Step.start, .finish, .accept, .sendBack, .propose] { #expect(throws: VaultError.self) { try all.takeTaskStep(step, of: id, note: "x") } }
        #expect(throws: VaultError.invalid("'reject' needs a note")) { try all.takeTaskStep(.reject, of: id, note: " ") }
        _ = try all.takeTaskStep(.approve, of: id, note: nil)
        #expect(throws: VaultError.self) { try chen.takeTaskStep(.start, of: id, note: nil) }
        _ = try all.takeTaskStep(.start, of: id, note: nil)
        _ = try all.takeTaskStep(.finish, of: id, note: "done")
        #expect(throws: VaultError.self) { try all.takeTaskStep(.accept, of: id, note: nil) }
        #expect(throws: VaultError.self) { try analyst.takeTaskStep(.accept, of: id, note: nil) }
        #expect(throws: VaultError.notFound("task 99")) { try all.takeTaskStep(.approve, of: 99, note: nil) }
        #expect(try all.improvementTasks().map(\.state) == [.done, .proposed])
        // About what the proposer does not see, without a title, in the past.
        #expect(throws: VaultError.self) { try propose(analyst, about: "phone = '13800138000'") }
        #expect(throws: VaultError.self) { try propose(analyst, title: "  ") }
        #expect(throws: VaultError.self) { try propose(analyst, owner: "somebody else, 13800138000") }
        #expect(throws: VaultError.self) { try analyst.proposeTask(title: "x", about: try Condition(parsing: "rating = 1"), owner: "a", due: Timestamp("2020-01-01T00:00:00Z")!, expected: "") }
    }

    @Test("what a task says is redacted, unreadable on disk, and does not open when its row was changed")
    func sealed() throws {
        let vault = try TestVault()
        _ = try vault.session("improver", named: "chen")
        let id = try propose(try vault.session("analyst"), title: "call 欧阳娜 back, 13800138000, about the whistling fan", about: "text contains 'whistling'")
        let task = try #require(try vault.session("manager").improvementTasks().first)
        #expect(task.id == id && !task.title.contains("13800138000") && task.title.contains("whistling"))
        let rejected = try propose(try vault.session("analyst"))
        _ = try vault.session("manager").takeTaskStep(.reject, of: rejected, note: "the kettle of 小鹮 whistles, not the fan")
        #expect(try vault.session("manager").improvementTasks().first?.events.last?.note.contains("kettle") == true)
        for word in ["whistling", "kettle", "小鹮"] {
            for (name, bytes) in try vault.files() { #expect(!bytes.holds(Data(word.utf8)), "\(word) in \(name)") }
        }
        #expect(try vault.session("compliance").auditEntries(.init(limit: 50)).allSatisfy { $0.reason?.contains("kettle") != true })
        #expect(try vault.alter("UPDATE task SET state = 'done' WHERE id = 1") == 1)
        #expect(throws: StorageError.altered(what: "task")) { try vault.session("manager").improvementTasks() }
    }
}
