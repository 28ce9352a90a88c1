package dev.sepconv.spark;

import dev.sepconv.NdArray;
import dev.sepconv.bulk.Answer;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.picture.ClassScore;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What rows come out like: the columns that came in but what the network ate, {@code error}, and
 * {@code outputs}, which has for each output of the network what a JSON row of a folder has, and
 * all its numbers if they are asked for.
 *
 * @param kept indexes of the columns that stay
 * @param outputs names of the network's outputs
 * @param values whether all numbers are there
 */
record RowSchema(List<Integer> kept, List<String> outputs, boolean values,
        StructType type) implements Serializable {

    static final String ERROR = "error";
    static final String OUTPUTS = "outputs";
    private static final String VALUES = "values";

    /**
     * @param given the columns that come in
     * @param eaten the one that doesn't stay, its index; -1 for none
     * @throws IllegalArgumentException if a column that comes in has the name of one that is added
     */
    static RowSchema of(StructType given, int eaten, RowFiles.Example example, boolean values) {
        List<Integer> kept = new ArrayList<>();
        List<StructField> fields = new ArrayList<>();
        for (int i = 0; i < given.length(); i++) {
            StructField field = given.apply(i);
            if (i == eaten) {
                continue;
            }
            if (field.name().equalsIgnoreCase(ERROR) || field.name().equalsIgnoreCase(OUTPUTS)) {
                throw new IllegalArgumentException(
                        "the column '%s' has the name of one that is added; rename it"
                                .formatted(field.name()));
            }
            kept.add(i);
            fields.add(field);
        }
        List<StructField> each = example.answers().stream()
                .map(answer -> field(answer.output(), type(answer, values))).toList();
        fields.add(field(ERROR, DataTypes.StringType));
        fields.add(field(OUTPUTS, DataTypes.createStructType(each)));
        return new RowSchema(kept, example.answers().stream().map(Answer::output).toList(), values,
                DataTypes.createStructType(fields));
    }

    private static StructType type(Answer answer, boolean values) {
        List<StructField> fields = new ArrayList<>();
        if (answer.text() != null) {
            fields.add(field("text", DataTypes.StringType));
            fields.add(field("score", DataTypes.FloatType));
        } else if (answer.top() != null) {
            StructType entry = DataTypes.createStructType(List.of(
                    field("index", DataTypes.IntegerType), field("label", DataTypes.StringType),
                    field("score", DataTypes.FloatType)));
            fields.add(field("top", DataTypes.createArrayType(entry)));
        } else {
            fields.add(field("min", DataTypes.FloatType));
            fields.add(field("max", DataTypes.FloatType));
            fields.add(field("mean", DataTypes.DoubleType));
        }
        if (values) {
            fields.add(field(VALUES, DataTypes.createArrayType(DataTypes.FloatType, false)));
        }
        return DataTypes.createStructType(fields);
    }

    private static StructField field(String name, DataType type) {
        return new StructField(name, type, true, Metadata.empty());
    }

    /** A row as it comes out. */
    Row row(Row given, dev.sepconv.bulk.Row made) {
        List<Object> cells = new ArrayList<>();
        kept.forEach(i -> cells.add(given.get(i)));
        cells.add(made.error());
        cells.add(made.error() != null
                ? null
                : RowFactory.create(made.answers().stream()
                        .map(answer -> cell(answer, made.outputs().get(answer.output())))
                        .toArray()));
        return RowFactory.create(cells.toArray());
    }

    private Row cell(Answer answer, NdArray array) {
        List<Object> cells = new ArrayList<>();
        if (answer.text() != null) {
            cells.add(answer.text().text());
            cells.add(answer.text().score());
        } else if (answer.top() != null) {
            cells.add(answer.top().stream().map(RowSchema::entry).toArray());
        } else {
            cells.add(answer.min());
            cells.add(answer.max());
            cells.add(answer.mean());
        }
        if (values) {
            cells.add(array.data());
        }
        return RowFactory.create(cells.toArray());
    }

    private static Row entry(ClassScore score) {
        return RowFactory.create(score.index(), score.label(), score.score());
    }
}
