package dev.qwen4j.mutation;

/** The numbers of GGUF's value types, right and wrong ones alike. */
final class GgufTypes {
    static final int INT8 = 1;
    static final int UINT32 = 4;
    static final int INT32 = 5;
    static final int FLOAT32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;
    static final int COUNT = 13;

    private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private GgufTypes() {}

    /** The bytes of a value; 0 for text and arrays, which have a length of their own. */
    static int width(int type) {
        return WIDTHS[type];
    }

    static boolean isReal(int type) {
        return type == FLOAT32 || type == 12;
    }
}
