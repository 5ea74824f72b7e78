type Numbers = {
  caption: string
  /** Head of the first column. */
  of: string
  heads: readonly string[]
  rows: readonly { key: string; name: string; values: readonly (number | undefined)[] }[]
}

/** The numbers of a chart as a table, for those who hear it. */
export function Numbers({ caption, of, heads, rows }: Numbers) {
  return (
    <div className="hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, values }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {heads.map((head, index) => (
                <td key={head}>{values[index]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
