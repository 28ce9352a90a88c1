package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.io.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers of one output as a NumPy array whose first dimension counts pictures; one that failed
 * is a row of NaN. The header says at any time how many rows are there.
 */
final class NpyRows implements RowWriter {

    private static final Pattern COUNT = Pattern.compile("'shape': \\((\\d+),");

    private final AppendFile file;
    private final String output;
    private final Dims one;
    private final int headerLength;
    private int rows;

    /**
     * @param named the output whose numbers they are; null where there is only one
     * @param outputs arrays of the sizes of every picture's
     */
    NpyRows(Path path, String named, Map<String, NdArray> outputs) throws IOException {
        List<String> names = List.copyOf(outputs.keySet());
        output = named == null && names.size() == 1 ? names.getFirst() : named;
        if (output == null || !names.contains(output)) {
            throw new IllegalArgumentException(named == null
                    ? "--output %s has no name; write NAME=%s with one of %s".formatted(path, path,
                            String.join(", ", names))
                    : "--output names '%s'; the network's outputs are %s".formatted(named,
                            String.join(", ", names)));
        }
        one = outputs.get(output).dims();
        headerLength = Npy.header(shape(Integer.MAX_VALUE), 0).length;
        file = new AppendFile(path);
    }

    private List<Integer> shape(int count) {
        List<Integer> shape = new ArrayList<>(one.sizes());
        shape.set(0, count);
        return shape;
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public RowFiles.Done resume(Names names, int most) throws IOException {
        checkHeader();
        long whole = Math.max(0, file.length() - headerLength) / rowBytes();
        rows = (int) Math.min(whole, most);
        if (rows == 0) {
            file.truncate(0);
        } else {
            file.truncate(headerLength + rowBytes() * rows);
            file.writeAt(0, Npy.header(shape(rows), headerLength));
        }
        return new RowFiles.Done(rows, 0);
    }

    private long rowBytes() {
        return (long) Float.BYTES * one.elements();
    }

    /** A header of so many rows of the same sizes; or less than one, of a run that ended early. */
    private void checkHeader() throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file.path())) {
            head = in.readNBytes(headerLength);
        }
        if (head.length < headerLength) {
            return;
        }
        Matcher count = COUNT.matcher(new String(head, StandardCharsets.ISO_8859_1));
        if (!count.find() || count.group(1).length() > 9 || !Arrays.equals(head,
                Npy.header(shape(Integer.parseInt(count.group(1))), headerLength))) {
            throw new IOException("%s is no array of rows of %s, so it can't go on behind them"
                    .formatted(file.path(), one));
        }
    }

    @Override
    public void write(Row row) throws IOException {
        float[] numbers;
        if (row.error() != null) {
            numbers = new float[one.elements()];
            Arrays.fill(numbers, Float.NaN);
        } else {
            NdArray array = row.outputs().get(output);
            if (!array.dims().equals(one)) {
                throw new IOException(
                        "%s: output '%s' of %s is %s, that of other pictures %s; an array's rows are alike: write .jsonl, or give one size with --size"
                                .formatted(file.path(), output, row.picture(), array.dims(), one));
            }
            numbers = array.data();
        }
        if (rows == 0) {
            file.append(Npy.header(shape(0), headerLength));
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        file.append(bytes.array());
        rows++;
        file.writeAt(0, Npy.header(shape(rows), headerLength));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
