package dev.sepconv.spark;

import dev.sepconv.NdArray;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.PictureSteps;
import dev.sepconv.io.Images;
import dev.sepconv.picture.Preparation;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;

/**
 * What of a row goes into the network.
 *
 * @param path index of the column with a picture's path; -1 if there is none
 * @param content index of the column with a picture's bytes; -1 to read them where the path says
 * @param array index of the column with numbers; -1 for pictures
 */
record RowInput(int path, int content, int array) implements Serializable {

    /** What the row is called in messages; empty where it has no name. */
    String name(Row row) {
        return path < 0 || row.isNullAt(path) ? "" : row.getString(path);
    }

    /**
     * The input of a row.
     *
     * @throws IOException if it can't go in; one sentence
     */
    NdArray read(Row row, BulkModel model, PictureSteps steps, InferenceCounts counts)
            throws IOException {
        if (array >= 0) {
            return numbers(row, model, counts);
        }
        String name = "picture " + name(row);
        if (content < 0) {
            if (row.isNullAt(path)) {
                throw new IOException("the path is null");
            }
            return steps.prepare(() -> {
                try (FSDataInputStream in = open(name(row))) {
                    Images.Picture picture = Images.read(notEmpty(in, name), name,
                            Preparation.MAX_SIDE);
                    counts.read(in.getPos());
                    return picture.rgb();
                }
            });
        }
        if (row.isNullAt(content)) {
            throw new IOException("the content is null");
        }
        byte[] bytes = row.getAs(content);
        counts.read(bytes.length);
        return steps.prepare(() -> Images
                .read(notEmpty(new ByteArrayInputStream(bytes), name), name, Preparation.MAX_SIDE)
                .rgb());
    }

    private NdArray numbers(Row row, BulkModel model, InferenceCounts counts) throws IOException {
        if (row.isNullAt(array)) {
            throw new IOException("the array is null");
        }
        List<Float> numbers = row.getList(array);
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            Float value = numbers.get(i);
            if (value == null) {
                throw new IOException("number %d of the array is null".formatted(i));
            }
            values[i] = value;
        }
        counts.read((long) Float.BYTES * values.length);
        return model.array(values);
    }

    /** Says what is wrong as a picture on a disk would. */
    private static FSDataInputStream open(String name) throws IOException {
        Path file = new Path(name);
        try {
            return file.getFileSystem(SparkHadoopUtil.get().conf()).open(file);
        } catch (AccessControlException e) {
            throw new IOException("can't be read: permission denied", e);
        } catch (FileNotFoundException e) {
            throw new IOException(String.valueOf(e.getMessage()).contains("ermission denied")
                    ? "can't be read: permission denied"
                    : "is not there: no such file", e);
        }
    }

    private static InputStream notEmpty(InputStream in, String name) throws IOException {
        InputStream looked = new BufferedInputStream(in);
        looked.mark(1);
        if (looked.read() < 0) {
            throw new IOException(name + " is empty (0 bytes)");
        }
        looked.reset();
        return looked;
    }
}
