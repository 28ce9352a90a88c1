package dev.sepconv.survey;

/** Is told what a survey does. */
public interface Progress {

    /** Something begins on a device: a piece of work, or a step before it. */
    void begins(String device, String what);

    /** A device is done with. */
    void ends(Survey.Surveyed device);

    /** So many cells of all are done with, whatever became of them. */
    void done(int cells);
}
