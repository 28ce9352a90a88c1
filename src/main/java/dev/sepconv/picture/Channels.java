package dev.sepconv.picture;

/** Which numbers a pixel has, in their order. */
public enum Channels {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red: OpenCV's order, so that of Caffe's and PaddlePaddle's networks. */
    BGR,
    /** One number: ITU-R BT.601's luma, 0.299 red + 0.587 green + 0.114 blue. */
    GREY;

    /** 1 or 3. */
    public int count() {
        return this == GREY ? 1 : 3;
    }
}
