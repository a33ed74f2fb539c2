/* A library that others of the fixtures bring along; what it answers is given when it is compiled. */
#ifdef NEXT
int next(void);
int answer(void) { return next(); }
#else
int ANSWER_NAME(void) { return 42; }
#endif
