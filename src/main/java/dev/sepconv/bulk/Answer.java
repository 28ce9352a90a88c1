package dev.sepconv.bulk;

import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.Ctc;
import java.util.ArrayList;
import java.util.List;

/**
 * What a network says of one picture in one of its outputs, and how a table and JSON have it: the
 * likeliest classes, else text, else the least, greatest and mean number.
 *
 * @param output its name
 * @param top the likeliest classes, first the likeliest; null if the output has no classes
 * @param text what was read; null if the output is no text
 */
public record Answer(String output, float min, float max, double mean, List<ClassScore> top,
        Ctc.Text text) {

    /**
     * Heads of its columns, which are as many as {@link #cells}.
     *
     * @param alone whether the network has this output only, and its name need not stand there
     */
    List<String> columns(boolean alone) {
        String before = alone ? "" : output + ".";
        List<String> columns = new ArrayList<>();
        if (text != null) {
            columns.addAll(List.of(before + "text", before + "score"));
        } else if (top != null) {
            for (int i = 1; i <= top.size(); i++) {
                columns.add(before + "class" + i);
                if (labelled()) {
                    columns.add(before + "label" + i);
                }
                columns.add(before + "score" + i);
            }
        } else {
            columns.addAll(List.of(before + "min", before + "max", before + "mean"));
        }
        return columns;
    }

    /** Its numbers and names as text, in the order of {@link #columns}. */
    List<String> cells() {
        if (text != null) {
            return List.of(text.text(), Float.toString(text.score()));
        }
        if (top == null) {
            return List.of(Float.toString(min), Float.toString(max), Double.toString(mean));
        }
        List<String> cells = new ArrayList<>();
        for (ClassScore each : top) {
            cells.add(Integer.toString(each.index()));
            if (labelled()) {
                cells.add(each.label());
            }
            cells.add(Float.toString(each.score()));
        }
        return cells;
    }

    private boolean labelled() {
        return top.getFirst().label() != null;
    }
}
