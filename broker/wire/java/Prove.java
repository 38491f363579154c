import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Kafka's own message classes behind a pipe: the other side of examples/prove_java.rs.
 *
 * <pre>
 * 'R' name from to bytes   read as version `from`, write as `from` and as `to`
 * 'D' name version         write a message of which nothing was set
 * 'M' name version seed    make a random message from Kafka's schema of that version
 * answer                   0 and bytes, or 1 and why not; two answers for 'R'
 * </pre>
 */
public final class Prove {
    private static final String[] PLACES = {
        "org.apache.kafka.common.message.%sData",
        "org.apache.kafka.common.message.%s",
        "org.apache.kafka.coordinator.group.generated.%s",
        "org.apache.kafka.coordinator.transaction.generated.%s",
        "org.apache.kafka.coordinator.share.generated.%s",
    };
    private static final long[] EDGES = {
        0, 1, -1, 127, 128, Short.MAX_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE,
    };
    private static final String[] TEXTS = {"", "a", "group-1", "größe", "水🚰", "x".repeat(200)};

    private Prove() {}

    public static void main(String[] arguments) throws Exception {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
        while (true) {
            int order = in.read();
            if (order < 0) {
                return;
            }
            Class<?> type = find(in.readUTF());
            if (order == 'R') {
                short from = in.readShort();
                short to = in.readShort();
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                answer(out, () -> write(read(type, bytes, from), from));
                answer(out, () -> write(read(type, bytes, from), to));
            } else if (order == 'D') {
                short version = in.readShort();
                answer(out, () -> write((Message) type.getConstructor().newInstance(), version));
            } else if (order == 'M') {
                short version = in.readShort();
                Random random = new Random(in.readLong());
                answer(out, () -> make(type, version, random));
            } else {
                throw new EOFException("order " + order);
            }
            out.flush();
        }
    }

    private interface Step {
        byte[] run() throws Exception;
    }

    private static void answer(DataOutputStream out, Step step) throws IOException {
        try {
            byte[] bytes = step.run();
            out.writeByte(0);
            out.writeInt(bytes.length);
            out.write(bytes);
        } catch (Exception refusal) {
            byte[] why = refusal.toString().getBytes("UTF-8");
            out.writeByte(1);
            out.writeInt(why.length);
            out.write(why);
        }
    }

    private static Class<?> find(String name) throws ClassNotFoundException {
        for (String place : PLACES) {
            try {
                return Class.forName(String.format(place, name));
            } catch (ClassNotFoundException elsewhere) {
                continue;
            }
        }
        throw new ClassNotFoundException(name);
    }

    private static Message read(Class<?> type, byte[] bytes, short version) throws Exception {
        Message message = (Message) type.getConstructor().newInstance();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        message.read(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining()) {
            throw new IOException(buffer.remaining() + " bytes left");
        }
        return message;
    }

    private static byte[] write(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(buffer.remaining() + " bytes not written");
        }
        return buffer.array();
    }

    /** Through the class once, so that tagged fields that equal their default are left out. */
    private static byte[] make(Class<?> type, short version, Random random) throws Exception {
        Schema schema = ((Schema[]) type.getField("SCHEMAS").get(null))[version];
        Struct struct = struct(schema, random, 0);
        ByteBuffer buffer = ByteBuffer.allocate(schema.sizeOf(struct));
        schema.write(buffer, struct);
        return write(read(type, buffer.array(), version), version);
    }

    private static Struct struct(Schema schema, Random random, int depth) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type, random, depth + 1));
        }
        return struct;
    }

    private static Object value(Type type, Random random, int depth) {
        if (type instanceof TaggedFields) {
            TreeMap<Integer, Object> tags = new TreeMap<>();
            for (Map.Entry<Integer, Field> tag : ((TaggedFields) type).fields().entrySet()) {
                if (random.nextBoolean()) {
                    tags.put(tag.getKey(), tagged(tag.getValue().type, random, depth));
                }
            }
            return tags;
        }
        if (type.isNullable() && random.nextInt(4) == 0) {
            return null;
        }
        return present(type, random, depth);
    }

    /** Kafka's schema writes a null tagged structure as its classes do not read it: make none. */
    private static Object tagged(Type type, Random random, int depth) {
        return type instanceof Schema ? present(type, random, depth) : value(type, random, depth);
    }

    private static Object present(Type type, Random random, int depth) {
        if (type.isArray()) {
            Object[] elements = new Object[random.nextInt(depth > 2 ? 3 : 5)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = value(type.arrayElementType().get(), random, depth);
            }
            return elements;
        }
        if (type instanceof Schema) {
            return struct((Schema) type, random, depth);
        }
        long number = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextLong();
        String name = type.toString().replace("COMPACT_", "").replace("NULLABLE_", "");
        switch (name) {
            case "BOOLEAN":
                return random.nextBoolean();
            case "INT8":
                return (byte) number;
            case "INT16":
                return (short) number;
            case "UINT16":
                return (int) number & 0xffff;
            case "INT32":
                return (int) number;
            case "INT64":
                return number;
            case "FLOAT64":
                return (double) number / 3;
            case "UUID":
                return random.nextInt(4) == 0 ? Uuid.ZERO_UUID : new Uuid(number, random.nextLong());
            case "STRING":
                return TEXTS[random.nextInt(TEXTS.length)];
            case "BYTES":
                return bytes(random);
            case "RECORDS":
                return MemoryRecords.readableRecords(bytes(random));
            default:
                throw new IllegalArgumentException("type " + name);
        }
    }

    private static ByteBuffer bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 3000 : 40)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
