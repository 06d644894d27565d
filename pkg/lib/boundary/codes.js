// The numbers shared with Rust; a test of src/codes.rs reads this file line by line. Bundlers inline them.
// Must contain nothing else.

// Kinds of the values that a call is made with.
export const KIND_OTHER = 0;
export const KIND_UNDEFINED = 1;
export const KIND_NULL = 2;
export const KIND_TRUE = 3;
export const KIND_FALSE = 4;
export const KIND_ARRAY = 5;
export const KIND_OBJECT = 6;
export const KIND_MAP = 7;
export const KIND_SET = 8;

// Bits of the wire format of one action's arguments. Bit n, for n below `WIRE_FIRST`, is set if argument n is sent;
// `WIRE_REST` if all later ones are.
export const WIRE_FIRST = 6;
export const WIRE_REST = 64;
export const WIRE_ALL_ARGUMENTS = 127;
export const WIRE_PLAIN = 128;
export const WIRE_FORMS = 256;
export const WIRE_OLD_FORMS = 512;

// Reports on a promise, or on the body of an answer.
export const OUTCOME_FULFILLED = 0;
export const OUTCOME_REJECTED = 1;
export const OUTCOME_BYTES = 2;
export const OUTCOME_VALUE = 3;
export const OUTCOME_VALUE_AND_PAGE = 4;
export const OUTCOME_THROWN = 5;
export const OUTCOME_BROKEN = 6;
export const OUTCOME_END = 7;
export const OUTCOME_UNREADABLE = 8;
export const OUTCOME_WAITS = 9;

// Kinds of the values that an edit of a decoded model puts into a container. The edit's argument is above the
// lowest `EDIT_BITS` bits.
export const EDIT_UNDEFINED = 0;
export const EDIT_NULL = 1;
export const EDIT_NUMBER = 2;
export const EDIT_DATE = 3;
export const EDIT_BIGINT = 4;
export const EDIT_DIGITS = 5;
export const EDIT_SYMBOL = 6;
export const EDIT_ERROR = 7;
export const EDIT_ELEMENT = 8;
export const EDIT_BITS = 4;
export const EDIT_MASK = 15;

// Kinds of the objects that are made of a decoded row.
export const MADE_MAP = 0;
export const MADE_SET = 1;
export const MADE_FORM = 2;
export const MADE_ERROR = 3;
export const MADE_CLIENT = 4;

// Limits of the server, from src/flight/encode/server_limits.rs: slots in nested arrays, characters of a bigint,
// arguments.
export const MAX_SLOTS = 1_000_000;
export const MAX_DIGITS = 300;
export const MAX_ARGUMENTS = 1000;
// The package's own limit of nested containers, from src/flight/limits.rs.
export const MAX_DEPTH = 20_000;
// The package's own limits of an answer, from src/flight/limits.rs: bytes of the answer, bytes of a row, digits
// of a bigint.
export const MAX_ANSWER_BYTES = 1_073_741_824;
export const MAX_ROW_BYTES = 134_217_728;
export const MAX_ANSWER_DIGITS = 1_000_000;
