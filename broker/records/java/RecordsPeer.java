import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse.RecordError;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/**
 * Kafka's own classes behind a pipe: lists, writes and validates record batches for compare.rs.
 * A request and an answer are each a length and as many bytes; the first byte of a request says
 * which of the three it is.
 */
public class RecordsPeer {
    static final TopicPartition PARTITION = new TopicPartition("topic", 0);

    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        DataOutputStream out = new DataOutputStream(System.out);
        while (true) {
            byte[] request;
            try {
                request = new byte[in.readInt()];
            } catch (EOFException end) {
                return;
            }
            in.readFully(request);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            DataInputStream payload = new DataInputStream(new ByteArrayInputStream(request, 1, request.length - 1));
            switch (request[0]) {
                case 'R' -> answer.write(list(payload.readAllBytes()).getBytes("UTF-8"));
                case 'W' -> answer.write(write(payload));
                case 'V' -> validate(payload, new DataOutputStream(answer));
                default -> throw new IllegalArgumentException("request " + request[0]);
            }
            out.writeInt(answer.size());
            answer.writeTo(out);
            out.flush();
        }
    }

    /** A line for each batch, and one for each of its records. */
    static String list(byte[] bytes) {
        StringBuilder lines = new StringBuilder();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
            batch.ensureValid();
            lines.append("batch %d..%d epoch %d codec %d %s %s%s max %d producer %d %d %d count %d%n".formatted(
                batch.baseOffset(), batch.lastOffset(), batch.partitionLeaderEpoch(), (int) batch.compressionType().id,
                batch.timestampType().name, batch.isTransactional() ? "t" : "-", batch.isControlBatch() ? "c" : "-",
                batch.maxTimestamp(), batch.producerId(), batch.producerEpoch(), batch.baseSequence(),
                batch.countOrNull()));
            for (Record record : batch) {
                lines.append("%d @%d %s %s".formatted(record.offset(), record.timestamp(), hex(record.key()), hex(record.value())));
                for (Header header : record.headers()) {
                    byte[] value = header.value();
                    lines.append(" %s=%s".formatted(header.key(), value == null ? "null" : HexFormat.of().formatHex(value)));
                }
                lines.append('\n');
            }
        }
        return lines.toString();
    }

    static String hex(ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return '"' + HexFormat.of().formatHex(copy) + '"';
    }

    static Compression compression(byte codec, int level) {
        boolean byDefault = level == Integer.MIN_VALUE;
        return switch (CompressionType.forId(codec)) {
            case NONE -> Compression.NONE;
            case GZIP -> byDefault ? Compression.gzip().build() : Compression.gzip().level(level).build();
            case SNAPPY -> Compression.snappy().build();
            case LZ4 -> byDefault ? Compression.lz4().build() : Compression.lz4().level(level).build();
            case ZSTD -> byDefault ? Compression.zstd().build() : Compression.zstd().level(level).build();
        };
    }

    /** A batch with as many records as asked, each drawn from the seed. */
    static byte[] write(DataInputStream request) throws IOException {
        Compression compression = compression(request.readByte(), request.readInt());
        Random random = new Random(request.readLong());
        int count = request.readInt();
        boolean idempotent = random.nextBoolean();
        MemoryRecordsBuilder builder = MemoryRecords.builder(
            ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2, compression, TimestampType.CREATE_TIME, 0L,
            RecordBatch.NO_TIMESTAMP, idempotent ? 4711L : RecordBatch.NO_PRODUCER_ID,
            idempotent ? (short) 3 : RecordBatch.NO_PRODUCER_EPOCH,
            idempotent ? 17 : RecordBatch.NO_SEQUENCE, idempotent && random.nextBoolean(),
            RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (int i = 0; i < count; i++) {
            Header[] headers = new Header[random.nextInt(4) == 0 ? random.nextInt(3) + 1 : 0];
            for (int h = 0; h < headers.length; h++) {
                headers[h] = new RecordHeader("h" + random.nextInt(2), bytes(random, 20));
            }
            builder.append(1_800_000_000_000L + random.nextInt(1000) - 500, bytes(random, 30), bytes(random, 2000), headers);
        }
        ByteBuffer built = builder.build().buffer();
        byte[] copy = new byte[built.remaining()];
        built.get(copy);
        return copy;
    }

    /** Null, or bytes that compress a little. */
    static byte[] bytes(Random random, int bound) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(bound)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(8));
        }
        return bytes;
    }

    /** What the broker does with a partition of a produce request, up to the log. */
    static void validate(DataInputStream request, DataOutputStream answer) throws IOException {
        short version = request.readShort();
        boolean compacted = request.readBoolean();
        TimestampType timestampType = request.readBoolean() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        byte target = request.readByte();
        long before = request.readLong();
        long after = request.readLong();
        long now = request.readLong();
        int bytesMax = request.readInt();
        try {
            MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(request.readAllBytes()));
            ProduceRequest.validateRecords(version, records);
            CompressionType source = analyze(records, bytesMax);
            Compression compression = compression(target < 0 ? source.id : target, Integer.MIN_VALUE);
            LogValidator.ValidationResult result = new LogValidator(records, PARTITION, new Fixed(now), source, compression,
                compacted, RecordBatch.MAGIC_VALUE_V2, timestampType, before, after, 7, AppendOrigin.CLIENT)
                .validateMessagesAndAssignOffsets(PrimitiveRef.ofLong(42L), new Uncounted(), BufferSupplier.NO_CACHING);
            ByteBuffer valid = result.validatedRecords().buffer();
            if (result.messageSizeMaybeChanged() && valid.remaining() > bytesMax) {
                throw new RecordTooLargeException();
            }
            byte[] copy = new byte[result.validatedRecords().firstBatchSize()];
            valid.get(copy);
            outcome(answer, Errors.NONE, "", List.of());
            answer.write(copy);
        } catch (RecordValidationException refused) {
            Throwable cause = refused.invalidException();
            outcome(answer, Errors.forException(cause), cause.getMessage(), refused.recordErrors());
        } catch (Throwable refused) {
            outcome(answer, Errors.forException(refused), refused.toString(), List.of());
        }
    }

    static void outcome(DataOutputStream answer, Errors error, String message, List<RecordError> errors) throws IOException {
        answer.writeShort(error.code());
        text(answer, message);
        answer.writeInt(errors.size());
        for (RecordError each : errors) {
            answer.writeInt(each.batchIndex);
            text(answer, each.message);
        }
    }

    static void text(DataOutputStream answer, String text) throws IOException {
        byte[] bytes = text.getBytes("UTF-8");
        answer.writeInt(bytes.length);
        answer.write(bytes);
    }

    /** The checks that stand in the log itself, which cannot be had without a folder. */
    static CompressionType analyze(MemoryRecords records, int bytesMax) {
        CompressionType source = CompressionType.NONE;
        for (MutableRecordBatch batch : records.batches()) {
            if (batch.baseOffset() != 0) {
                throw new InvalidRecordException("base offset");
            }
            if (batch.sizeInBytes() > bytesMax) {
                throw new RecordTooLargeException();
            }
            if (!batch.isValid()) {
                throw new CorruptRecordException();
            }
            source = batch.compressionType();
        }
        return source;
    }

    record Fixed(long now) implements Time {
        @Override public long milliseconds() {
            return now;
        }
        @Override public long nanoseconds() {
            return now * 1_000_000;
        }
        @Override public void sleep(long ms) {
            throw new UnsupportedOperationException();
        }
        @Override public void waitObject(Object object, java.util.function.Supplier<Boolean> condition, long deadline) {
            throw new UnsupportedOperationException();
        }
    }

    record Uncounted() implements LogValidator.MetricsRecorder {
        @Override public void recordInvalidMagic() { }
        @Override public void recordInvalidOffset() { }
        @Override public void recordInvalidSequence() { }
        @Override public void recordInvalidChecksums() { }
        @Override public void recordNoKeyCompactedTopic() { }
    }
}
