/* Loads that compilers shall not join with their neighbours'. */
#ifndef BASE_READ_ALONE_H
#define BASE_READ_ALONE_H

/* For a field just stored: joined with others in one wide load, it would wait until those narrow stores are done. */
#define READ_ALONE(v) (*(const volatile __typeof__(v) *)&(v))

#endif
