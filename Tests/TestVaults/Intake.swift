import Foundation
import VoCVault

extension Session {
    /// Takes in a file whose format is known.
    package func ingest(
        _ input: FileHandle, format: InputFormat, source: String, timeZone: TimeZone? = nil, batchSize: Int = 8192, onReject: (Reject) throws -> Void,
        progress: (IngestReport) -> Void
    ) throws -> IngestReport {
        try ingest(input, InputOptions(format: format, timeZone: timeZone), source: source, batchSize: batchSize, onReject: onReject, progress: progress)
    }

    /// The same of an input that arrives block by block.
    package func ingest(
        format: InputFormat, source: String, timeZone: TimeZone? = nil, batchSize: Int = 8192, nextBlock: @escaping () throws -> ArraySlice<UInt8>?,
        onBatch: (IngestedBatch) throws -> Void
    ) throws -> IngestReport {
        try ingest(InputSource(nextBlock), InputOptions(format: format, timeZone: timeZone), source: source, batchSize: batchSize, onBatch: onBatch)
    }
}
